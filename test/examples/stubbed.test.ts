import '../../examples/stubbed.test.ts';
