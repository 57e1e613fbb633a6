import type { Node } from 'typescript/unstable/ast';
import * as is from 'typescript/unstable/ast/is';
import { verbs } from '../../src/domain/action.ts';
import { placeOf, type Source, walk } from './source.ts';

const named = new Set<string>(verbs);

/** Where a verb is at home. The simulator is a Kubernetes API of its own and knows no actions. */
const homes = /^src\/(actions\/|domain\/action\.ts$|simulator\/)/;

/** Verbs as texts of other meaning: what the text is the value of, the only file or room of that, and the reason. */
const exemptions: readonly {
  readonly text: string;
  readonly of: string;
  readonly where: RegExp;
  readonly reason: string;
}[] = [
  {
    text: 'patch',
    of: 'kind',
    where: /^src\/(domain\/plan\.ts|adapters\/kubernetes\/writes\/)/,
    reason: 'the kind of a guarded call: an HTTP PATCH, whichever verb planned it',
  },
  {
    text: 'patch',
    of: 'ownOrigin()',
    where: /^src\/adapters\/gitops\/kustomize\/patches\.ts$/,
    reason: 'a key of a kustomization, on the way to a patch that stands in it',
  },
  {
    text: 'scale',
    of: 'subresource',
    where: /^src\/(domain\/plan\.ts|adapters\/kubernetes\/writes\/)/,
    reason: "a subresource of the Kubernetes API, which an autoscaler's action writes as well",
  },
  ...['cordon', 'uncordon'].map((text) => ({
    text,
    of: 'atMost()',
    where: /^src\/domain\/policy\/weights\.ts$/,
    reason: 'a key of the policy file, in a rule between two keys',
  })),
];

/** Every text of a source that is a verb and stands for the verb, as `src/a.ts:12: 'drain'`. */
export function verbLiterals(source: Source): string[] {
  return textsLikeVerbs(source)
    .filter((found) => exemptionOf(source, found) === undefined)
    .map(({ node, text }) => `${placeOf(source, node)}: '${text}'`);
}

/** The exemptions that no source needs any more. */
export function unusedExemptions(sources: readonly Source[]): string[] {
  const used = new Set(
    sources.flatMap((source) => textsLikeVerbs(source).map((found) => exemptionOf(source, found))),
  );
  return exemptions.filter((each) => !used.has(each)).map(({ text, reason }) => `${text}: ${reason}`);
}

interface Found {
  readonly node: Node;
  readonly text: string;
}

function textsLikeVerbs(source: Source): Found[] {
  if (homes.test(source.path)) return [];
  const found: Found[] = [];
  walk(source.tree, (node) => {
    if (!is.isStringLiteral(node) && !is.isNoSubstitutionTemplateLiteral(node)) return;
    if (named.has(node.text)) found.push({ node, text: node.text });
  });
  return found;
}

function exemptionOf(source: Source, { node, text }: Found) {
  const of = propertyOf(source, node);
  return exemptions.find((each) => each.text === text && each.of === of && each.where.test(source.path));
}

/** What a text is the value of: `kind` for `kind: z.literal('a')`, `x.kind === 'a'` and `case 'a'` of `switch (x.kind)`. */
function propertyOf(source: Source, node: Node): string | undefined {
  const { parent } = node;
  if (is.isPropertyAssignment(parent) || is.isPropertySignatureDeclaration(parent))
    return parent.name === node ? undefined : parent.name.getText(source.tree);
  if (is.isBinaryExpression(parent)) return memberName(parent.left === node ? parent.right : parent.left);
  if (is.isCaseClause(parent)) {
    const { parent: block } = parent;
    return is.isSwitchStatement(block.parent) ? memberName(block.parent.expression) : undefined;
  }
  if (is.isCallExpression(parent)) {
    const callee = parent.expression.getText(source.tree);
    return callee.startsWith('z.') ? propertyOf(source, parent) : `${callee}()`;
  }
  return isPart(parent) ? propertyOf(source, parent) : undefined;
}

/** What may stand between a value and what it is the value of: `['a', 'b']`, `'a' | 'b'`, `.optional()`. */
const isPart = (node: Node) =>
  is.isArrayLiteralExpression(node) ||
  is.isLiteralTypeNode(node) ||
  is.isUnionTypeNode(node) ||
  (is.isPropertyAccessExpression(node) && node.name.getText() === 'optional');

const memberName = (node: Node): string | undefined =>
  is.isPropertyAccessExpression(node) ? node.name.getText() : undefined;
