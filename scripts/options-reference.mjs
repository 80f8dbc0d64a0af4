// Writes docs/options.md from the types of the options and what is said beside them, for every public entry point.
// Run: npm run docs:options. With --print it writes to its output instead; a path after it is another project's.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Types that hold options although their names end otherwise. */
const alsoOptions =
  /(?:Options|Limits|Thresholds|FlagsChange|Action)$|^(?:RunInit|RolloutPlan|PlanStep)$/;

/** What is told first, since it is looked for first; the rest follows as the entry points name it. */
const first = ['RouteOptions', 'FallbackOptions', 'LearnOptions', 'CutoverOptions', 'LaneOptions'];

const args = process.argv.slice(2).filter((argument) => argument !== '--print');
const root = resolve(args[0] ?? fileURLToPath(new URL('..', import.meta.url)));

const sources = new Map();

function sourceOf(path) {
  if (!sources.has(path)) {
    const text = readFileSync(path, 'utf8');
    sources.set(path, ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  }
  return sources.get(path);
}

const oneLine = (text) => text.replaceAll(/\s+/g, ' ').trim();

/** The entry points by what users import, with the file behind each. */
function entryPoints() {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
    readFileSync(path, 'utf8'),
  );
  return Object.entries(config.compilerOptions.paths).map(([name, [path]]) => ({
    name,
    path: join(root, path),
  }));
}

/** Whether a statement is `export * from`, or `export type * from`. */
const handsAllOn = (node) => ts.isExportDeclaration(node) && node.exportClause === undefined;

/** Where the names come from that a file imports or hands on. */
function originsOf(path) {
  const origins = new Map();
  for (const statement of sourceOf(path).statements) {
    const from = statement.moduleSpecifier?.text;
    if (!from?.startsWith('.')) continue;
    const names = statement.exportClause ?? statement.importClause?.namedBindings;
    const file = join(dirname(path), from);
    if (handsAllOn(statement))
      for (const name of exportedNames(file)) origins.set(name, { file, as: name });
    for (const { name, propertyName } of names?.elements ?? [])
      origins.set(name.text, { file, as: (propertyName ?? name).text });
  }
  return origins;
}

/** The declaration of a name that a file declares, imports or hands on; undefined where it is another package's. */
function declarationOf(path, name) {
  const own = sourceOf(path).statements.find(
    (node) =>
      (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) &&
      node.name.text === name,
  );
  if (own !== undefined) return own;
  const origin = originsOf(path).get(name);
  return origin && declarationOf(origin.file, origin.as);
}

/** What an entry point offers under names of its own or of others. */
function exportedNames(path) {
  const declared = sourceOf(path).statements.filter(
    (node) => ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export && node.name,
  );
  const handedOn = sourceOf(path).statements.flatMap((node) =>
    ts.isExportDeclaration(node) ? (node.exportClause?.elements ?? []) : [],
  );
  const all = sourceOf(path)
    .statements.filter(handsAllOn)
    .flatMap(({ moduleSpecifier }) => exportedNames(join(dirname(path), moduleSpecifier.text)));
  return [...[...declared, ...handedOn].map((node) => node.name.text), ...all];
}

/** Types of options that a declaration is built on, `Omit` and the like looked through. */
function basesOf(declaration) {
  const found = new Set();
  const look = (node) => {
    if (ts.isIdentifier(node) && alsoOptions.test(node.text)) found.add(node.text);
    ts.forEachChild(node, look);
  };
  const { heritageClauses = [], type } = declaration;
  for (const node of type ? [type] : heritageClauses) look(node);
  return [...found];
}

/** The options of an entry point, each after what uses it, without those that were told before. */
function sectionsOf({ path }, told) {
  const sections = [];
  const add = (file, name) => {
    const declaration = declarationOf(file, name);
    if (declaration === undefined || told.has(name)) return;
    told.add(name);
    sections.push({ name, declaration });
    for (const base of basesOf(declaration)) add(declaration.getSourceFile().fileName, base);
  };
  const names = exportedNames(path);
  const ahead = first.filter((name) => names.includes(name));
  for (const name of [...ahead, ...names]) if (alsoOptions.test(name)) add(path, name);
  return sections;
}

function commentOf(node) {
  const doc = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
  const tags = doc?.tags ?? [];
  const textOf = (comment) => oneLine(ts.getTextOfJSDocComment(comment) ?? '');
  const byDefault = tags.find((tag) => tag.tagName.text === 'default');
  return { text: textOf(doc?.comment), byDefault: byDefault && textOf(byDefault.comment) };
}

/** The type without `| undefined`, which every option takes for "not given": said of each, it would hide the rest. */
function withoutUndefined(text, type) {
  if (!type || !ts.isUnionTypeNode(type) || !text.endsWith(' | undefined')) return text;
  const bare = text.slice(0, -' | undefined'.length);
  return type.types.length === 2 && bare.startsWith('(') ? bare.slice(1, -1) : bare;
}

function typeOf(member) {
  const parameters = (member.parameters ?? []).map((parameter) => parameter.getText());
  const type = member.type?.getText() ?? 'unknown';
  const text = ts.isMethodSignature(member) ? `(${parameters.join(', ')}) => ${type}` : type;
  // Types of several lines begin with a bar, or end their lists with a comma.
  const flat = oneLine(text).replaceAll('( ', '(').replaceAll(/,? \)/g, ')');
  const plain = flat.replaceAll(/(^|[(:<] ?|=> )\| /g, '$1');
  return member.questionToken ? withoutUndefined(withinObject(plain), member.type) : plain;
}

/** The same of the options within an option. */
const withinObject = (text) =>
  text.replaceAll(/(\w\?: [^?;{}]+) \| undefined(?=[;} ])/g, '$1').replaceAll('; }', ' }');

const takesUndefined = (type) =>
  type.kind === ts.SyntaxKind.UnknownKeyword ||
  [type, ...(type.types ?? [])].some(({ kind }) => kind === ts.SyntaxKind.UndefinedKeyword);

/** Every option takes `undefined` for "not given": an app hands on what it may not have. */
function refuseWithoutUndefined({ name, declaration }) {
  const look = (node) => {
    const isOption = ts.isPropertySignature(node) && node.questionToken && node.type;
    if (isOption && !takesUndefined(node.type))
      throw new Error(`${name}.${node.name.getText()} takes no undefined: ${node.type.getText()}`);
    ts.forEachChild(node, look);
  };
  ts.forEachChild(declaration, look);
}

/** What is said of a member, or of the one that it narrows. */
function saidOf(member, declaration) {
  const own = commentOf(member);
  if (own.text !== '' || own.byDefault !== undefined) return own;
  const path = declaration.getSourceFile().fileName;
  const wider = basesOf(declaration)
    .flatMap((base) => declarationOf(path, base)?.members ?? [])
    .find((other) => other.name?.getText() === member.name.getText());
  return wider === undefined ? own : commentOf(wider);
}

// In a cell even a bar within code ends the cell.
const cell = (text) => text.replaceAll('|', '\\|');

const isCode =
  /^(?:'[^']*'|[\d_.]+|\{.*\}|true|false|[a-z]+[A-Z]\w*|[A-Za-z]+\.\w+|new .*|\(.*\) => .*)$/;

function defaultOf(member, byDefault) {
  if (byDefault === undefined || byDefault === '')
    return member.questionToken === undefined ? '**required**' : '';
  if (!isCode.test(byDefault)) return byDefault;
  return byDefault.includes('`') ? `\`\` ${byDefault} \`\`` : `\`${byDefault}\``;
}

const linksTo = (names) => names.map((name) => `[${name}](#${name.toLowerCase()})`).join(', ');

function rowOf(member, declaration, documented) {
  const type = typeOf(member);
  const { text, byDefault } = saidOf(member, declaration);
  const named = [...new Set(type.match(/\w+/g))].filter((word) => documented.has(word));
  const meaning = [text, named.length > 0 ? `See ${linksTo(named)}.` : ''].filter(Boolean);
  const name = member.name.getText();
  const parts = [`\`${name}\``, `\`${type}\``, defaultOf(member, byDefault), meaning.join(' ')];
  return `| ${parts.map(cell).join(' | ')} |`;
}

const head = ['| option | type | default | meaning |', '| --- | --- | --- | --- |'];

function builtOn(text, bases) {
  const how = text.replace(/^extends /, '');
  if (bases.length === 1 && how === bases[0]) return `With those of ${linksTo(bases)}.`;
  return bases.length > 0 ? `Made of ${linksTo(bases)}: \`${how}\`.` : `\`${how}\``;
}

function textOf({ name, declaration }, documented) {
  refuseWithoutUndefined({ name, declaration });
  const bases = basesOf(declaration).filter((base) => documented.has(base));
  const members = (declaration.members ?? []).filter((member) => member.name !== undefined);
  const { text } = commentOf(declaration);
  const lines = [`### ${name}`, '', text];
  const built = declaration.type ?? declaration.heritageClauses?.[0];
  if (built !== undefined) lines.push('', builtOn(oneLine(built.getText()), bases));
  if (members.length > 0)
    lines.push('', ...head, ...members.map((member) => rowOf(member, declaration, documented)));
  return lines.join('\n');
}

function reference() {
  const told = new Set();
  const entries = entryPoints().map((entry) => ({ ...entry, sections: sectionsOf(entry, told) }));
  const parts = entries
    .filter(({ sections }) => sections.length > 0)
    .flatMap(({ name, sections }) => [
      `## \`${name}\``,
      ...sections.map((section) => textOf(section, told)),
    ]);
  const preface = [
    '# Options',
    'Every option of every entry point, as its type and the comment beside it say; `npm run docs:options` writes this page.',
    'What cannot be used is refused when it is given, every issue at once. `undefined` means "not given".',
  ];
  return `${[...preface, ...parts].join('\n\n')}\n`;
}

if (process.argv.includes('--print')) process.stdout.write(reference());
else writeFileSync(join(root, 'docs/options.md'), reference());
