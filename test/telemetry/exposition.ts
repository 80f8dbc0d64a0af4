/** A metric as a scraper reads it. */
export interface ParsedFamily {
  readonly help: string;
  readonly type: string;
  readonly samples: ParsedSample[];
}

/** One line of a metric. */
interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const labelPair = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;
const unescaped: Readonly<Record<string, string>> = {
  '\\\\': '\\',
  '\\"': '"',
  '\\n': '\n',
};

function labelsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(labelPair)];
  const read = pairs.map(([pair]) => pair).join('');
  if (read !== text) throw new Error(`not labels: ${text}`);
  return Object.fromEntries(
    pairs.map(([, name = '', value = '']) => [
      name,
      value.replaceAll(/\\./g, (pair) => unescaped[pair] ?? pair),
    ]),
  );
}

function numberOf(text: string): number {
  const value = text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
  if (Number.isNaN(value)) throw new Error(`not a number: ${text}`);
  return value;
}

/** Reads text exposition format 0.0.4; throws what a scraper would refuse. */
export function parseExposition(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, ParsedFamily>();
  let current: [name: string, family: ParsedFamily] | undefined;
  const lines = text.slice(0, -1).split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const help = /^# HELP (\S+) (.+)$/.exec(line);
    if (help !== null) {
      const [, name = '', words = ''] = help;
      const type = new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`).exec(
        lines[at + 1] ?? '',
      );
      if (families.has(name) || type === null) throw new Error(`${name} is told twice or untyped`);
      current = [name, { help: words, type: type[1] ?? '', samples: [] }];
      families.set(...current);
      at += 1;
    } else {
      const [, name = '', labels = '', value = ''] = sampleLine.exec(line) ?? [];
      const suffixes = current?.[1].type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
      if (
        current === undefined ||
        !suffixes.some((suffix) => `${current?.[0]}${suffix}` === name)
      ) {
        throw new Error(`line ${at + 1} belongs to no metric: ${line}`);
      }
      current[1].samples.push({ name, labels: labelsOf(labels), value: numberOf(value) });
    }
  }
  return families;
}
