import type {
  CompareOptions,
  Judge,
  JudgeAnswer,
  JudgeCalibration,
  JudgeInit,
  JudgeQuestion,
  JudgeShare,
  JudgeSilence,
} from 'engramia-cutover';
import type { LlmJudge, Judge as OpenAiJudge } from 'engramia-cutover/openai';
import { expectTypeOf, it } from 'vitest';

it('lets an app name its judge, and all that a judge is asked and answers, by the package alone', () => {
  expectTypeOf<NonNullable<CompareOptions['judge']>>().toEqualTypeOf<Judge>();
  expectTypeOf<Parameters<Judge>>().toEqualTypeOf<[JudgeQuestion, JudgeInit]>();
  expectTypeOf<Awaited<ReturnType<Judge>>>().toEqualTypeOf<JudgeAnswer | JudgeSilence>();
  expectTypeOf<Judge['calibration']>().toEqualTypeOf<JudgeCalibration | undefined>();
  expectTypeOf<JudgeCalibration['sensitivity']>().toEqualTypeOf<JudgeShare>();
  expectTypeOf<OpenAiJudge>().toEqualTypeOf<Judge>();
  expectTypeOf<LlmJudge>().toExtend<Judge>();
});
