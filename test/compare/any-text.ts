import fc from 'fast-check';

/** Any code units: lone surrogates and NUL included, with many spaces and words between them. */
export const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(
        ' ',
        '\0',
        '\ud800',
        '\udc00',
        'the',
        '1,000.50',
        "don't",
        'Alice',
        '北京',
        '. ',
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));
