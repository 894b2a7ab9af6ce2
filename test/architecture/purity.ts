/** Finds where a file reaches outside: the globals it names as values, the promises it makes. Types and properties do not count. */
import ts from 'typescript'
import { lineOf } from './imports.js'

export interface Use {
  readonly name: string
  readonly line: number
}

/** Every use in a file of one of `names`: globals by name, `Math.random` by both, `async`, `await` and `import()` by their syntax. */
export function usesOf(file: ts.SourceFile, names: ReadonlySet<string>): Use[] {
  const found: Use[] = []
  const note = (name: string | undefined, node: ts.Node): void => {
    if (name !== undefined && names.has(name)) found.push({ name, line: lineOf(node) })
  }
  const visit = (node: ts.Node): void => {
    if (isOnlyTypes(node)) return
    if (isDateOfOneValue(node)) return visit(node.arguments[0])
    note(syntaxOf(node), node)
    if (ts.isIdentifier(node)) note(globalNameOf(node), node)
    else if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) note(memberOf(node), node)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** `new Date(value)`, which reads no clock. Of no argument it does, and of several it reads the time zone. */
function isDateOfOneValue(node: ts.Node): node is ts.NewExpression & { readonly arguments: readonly [ts.Expression] } {
  if (!ts.isNewExpression(node) || node.arguments?.length !== 1 || ts.isSpreadElement(node.arguments[0]!)) return false
  return ts.isIdentifier(node.expression) && node.expression.text === 'Date'
}

/** A part of the program that is gone at run time. A class's `extends X` is a value although the compiler files it under types. */
function isOnlyTypes(node: ts.Node): boolean {
  if (ts.isExpressionWithTypeArguments(node)) return !isExtendsOfClass(node.parent)
  return (
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isTypeParameterDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    (ts.canHaveModifiers(node) && hasModifier(node, ts.SyntaxKind.DeclareKeyword))
  )
}

const isExtendsOfClass = (node: ts.Node): boolean =>
  ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ExtendsKeyword && ts.isClassLike(node.parent)

const hasModifier = (node: ts.HasModifiers, kind: ts.SyntaxKind): boolean =>
  ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) === true

function syntaxOf(node: ts.Node): string | undefined {
  if (ts.isAwaitExpression(node)) return 'await'
  if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) return 'async'
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return 'import()'
  return ts.canHaveModifiers(node) && hasModifier(node, ts.SyntaxKind.AsyncKeyword) ? 'async' : undefined
}

/** The global that an identifier stands for; `undefined` if it names a property, or something declared in the file around it. */
function globalNameOf(node: ts.Identifier): string | undefined {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return undefined
  if (ts.isMetaProperty(parent)) return undefined
  if (isNameOfMember(node, parent) || isDeclaredName(node, parent)) return undefined
  return isDeclaredAround(node) ? undefined : node.text
}

const isNameOfMember = (node: ts.Identifier, parent: ts.Node): boolean =>
  (ts.isPropertyAssignment(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isGetAccessorDeclaration(parent) ||
    ts.isSetAccessorDeclaration(parent)) &&
  parent.name === node

const isDeclaredName = (node: ts.Identifier, parent: ts.Node): boolean =>
  ((ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isFunctionLike(parent) ||
    ts.isClassLike(parent) ||
    ts.isEnumDeclaration(parent)) &&
    parent.name === node) ||
  (ts.isBindingElement(parent) && (parent.name === node || parent.propertyName === node)) ||
  ts.isLabeledStatement(parent) ||
  ts.isBreakOrContinueStatement(parent)

/** `Math.random`, and a global by way of `globalThis`, however the member is written. */
function memberOf(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): string | undefined {
  const { expression } = node
  if (!ts.isIdentifier(expression) || isDeclaredAround(expression)) return undefined
  const member = ts.isPropertyAccessExpression(node) ? node.name.text : literalOf(node.argumentExpression)
  if (member === undefined) return undefined
  return expression.text === 'globalThis' ? member : `${expression.text}.${member}`
}

const literalOf = (node: ts.Expression): string | undefined => (ts.isStringLiteralLike(node) ? node.text : undefined)

/** Whether a scope around the identifier declares its name: then it is no global. */
function isDeclaredAround(node: ts.Identifier): boolean {
  for (let scope: ts.Node | undefined = node.parent; scope !== undefined; scope = scope.parent)
    if (namesDeclaredIn(scope).has(node.text)) return true
  return false
}

const declared = new WeakMap<ts.Node, ReadonlySet<string>>()

function namesDeclaredIn(scope: ts.Node): ReadonlySet<string> {
  const known = declared.get(scope)
  if (known !== undefined) return known
  const names = new Set<string>()
  for (const declaration of declarationsOf(scope)) addNames(declaration, names)
  declared.set(scope, names)
  return names
}

function declarationsOf(scope: ts.Node): readonly (ts.Node | undefined)[] {
  if (ts.isFunctionLike(scope)) return [...scope.parameters, scope]
  if (ts.isClassLike(scope) || ts.isCatchClause(scope))
    return ts.isCatchClause(scope) ? [scope.variableDeclaration] : [scope]
  if (ts.isForStatement(scope) || ts.isForOfStatement(scope) || ts.isForInStatement(scope)) return [scope.initializer]
  if (ts.isSourceFile(scope) || ts.isBlock(scope) || ts.isModuleBlock(scope) || ts.isCaseOrDefaultClause(scope))
    return scope.statements
  return []
}

function addNames(node: ts.Node | undefined, names: Set<string>): void {
  if (node === undefined) return
  if (ts.isVariableStatement(node)) addNames(node.declarationList, names)
  else if (ts.isVariableDeclarationList(node)) for (const one of node.declarations) addNames(one, names)
  else if (ts.isImportDeclaration(node)) addImported(node, names)
  else if (ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node))
    addBinding(node.name, names)
  else if (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isClassLike(node) ||
    ts.isEnumDeclaration(node)
  )
    if (node.name !== undefined) names.add(node.name.text)
}

function addBinding(name: ts.BindingName, names: Set<string>): void {
  if (ts.isIdentifier(name)) names.add(name.text)
  else for (const element of name.elements) if (ts.isBindingElement(element)) addBinding(element.name, names)
}

/** Type-only imports too: an imported type of that name cannot be used as a value. */
function addImported(node: ts.ImportDeclaration, names: Set<string>): void {
  const clause = node.importClause
  if (clause?.name !== undefined) names.add(clause.name.text)
  const bindings = clause?.namedBindings
  if (bindings === undefined) return
  if (ts.isNamespaceImport(bindings)) names.add(bindings.name.text)
  else for (const element of bindings.elements) names.add(element.name.text)
}
