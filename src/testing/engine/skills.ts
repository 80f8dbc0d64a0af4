import { endpoint } from './endpoint.ts';
import { page, toMatch } from './match.ts';
import { replies } from './replies.ts';
import { flag, list, number, optional, text } from './schema.ts';

/** `POST /v1/skills/register`: tags a pattern. */
export const registerSkills = endpoint<{
  readonly pattern_key: string;
  readonly skills: readonly string[];
}>({
  method: 'POST',
  path: '/v1/skills/register',
  role: 'editor',
  permission: 'skills:register',
  body: { pattern_key: text(500), skills: list(text(200), 50) },
  run({ body, scope }) {
    if (!scope.patterns.has(body.pattern_key)) {
      return replies.failure(404, 'NOT_FOUND', 'Pattern not found.');
    }
    const known = scope.skills.get(body.pattern_key) ?? [];
    scope.skills.set(body.pattern_key, new Set([...known, ...body.skills]));
    return replies.ok({ registered: body.skills.length });
  },
});

/** `POST /v1/skills/search`: finds tagged patterns and, unlike a recall, changes none. */
export const searchSkills = endpoint<{
  readonly required: readonly string[];
  readonly match_all: boolean;
  readonly limit: number;
}>({
  method: 'POST',
  path: '/v1/skills/search',
  body: {
    required: list(text(200)),
    match_all: optional(flag, true),
    limit: optional(number({ min: 1, max: 50, integer: true }), 50),
  },
  run({ body, scope }) {
    const found = [...scope.skills].flatMap(([key, tags]) => {
      const pattern = scope.patterns.get(key);
      const hits = body.required.filter((skill) => tags.has(skill)).length;
      const enough = body.match_all ? hits === body.required.length : hits > 0;
      return pattern === undefined || !enough ? [] : [{ match: toMatch(pattern, 1) }];
    });
    return replies.ok(page(found, { offset: 0, limit: body.limit }));
  },
});
