import ts from 'typescript';

/** One import of a source file. */
export interface ImportFact {
  readonly specifier: string;
  /** Erased when compiled. */
  readonly typeOnly: boolean;
  /** `import()` at run time. */
  readonly lazy: boolean;
}

/** What the rules ask about one source file. */
export interface SourceFacts {
  readonly imports: readonly ImportFact[];
  /** `console`, and members of `process` as `process.exit`. */
  readonly globals: readonly string[];
}

function declared(node: ts.Node): ImportFact | undefined {
  if (!ts.isImportDeclaration(node) && !ts.isExportDeclaration(node)) return undefined;
  if (node.moduleSpecifier === undefined || !ts.isStringLiteral(node.moduleSpecifier)) {
    return undefined;
  }
  const typeOnly = ts.isExportDeclaration(node)
    ? node.isTypeOnly
    : node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return { specifier: node.moduleSpecifier.text, typeOnly, lazy: false };
}

function importCall(node: ts.Node): ImportFact | undefined {
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) {
    return undefined;
  }
  const [target] = node.arguments;
  const specifier = target !== undefined && ts.isStringLiteral(target) ? target.text : '<computed>';
  return { specifier, typeOnly: false, lazy: true };
}

function importType(node: ts.Node): ImportFact | undefined {
  if (!ts.isImportTypeNode(node) || !ts.isLiteralTypeNode(node.argument)) return undefined;
  if (!ts.isStringLiteral(node.argument.literal)) return undefined;
  return { specifier: node.argument.literal.text, typeOnly: true, lazy: false };
}

function globalUse(node: ts.Node): string | undefined {
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const { text } = node.expression;
  if (text === 'process') return `process.${node.name.text}`;
  return text === 'console' ? 'console' : undefined;
}

/** Reads what a TypeScript file imports and which globals it touches; comments and strings do not count. */
export function sourceFacts(path: string, text: string): SourceFacts {
  const imports: ImportFact[] = [];
  const globals: string[] = [];
  const visit = (node: ts.Node): void => {
    const imported = declared(node) ?? importCall(node) ?? importType(node);
    if (imported !== undefined) imports.push(imported);
    const used = globalUse(node);
    if (used !== undefined) globals.push(used);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return { imports, globals };
}
