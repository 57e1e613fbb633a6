import { type Document, type ParsedNode, parseAllDocuments } from 'yaml';

export type Parsed =
  | { readonly kind: 'documents'; readonly documents: readonly Document.Parsed<ParsedNode>[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The documents of a YAML or JSON file; JSON is read as the YAML that it is.
 * @param version 1.2 by default; Kubernetes reads 1.1, in which `on`, `yes` and `0o17` mean something else
 * @returns the documents, or what is wrong with the first line that cannot be read
 */
export function parseDocuments(text: string, version: '1.1' | '1.2' = '1.2'): Parsed {
  const documents = parseAllDocuments(text, { version, keepSourceTokens: false, prettyErrors: true });
  if (!Array.isArray(documents)) return { kind: 'documents', documents: [] };
  const error = documents.flatMap(({ errors }) => errors)[0];
  if (error === undefined) return { kind: 'documents', documents };
  const line = error.linePos?.[0].line;
  const where = line === undefined ? '' : ` (line ${line})`;
  if (/\{\{|\{%/.test(text)) return { kind: 'refused', reason: `it is a template, not YAML${where}` };
  return { kind: 'refused', reason: `it cannot be read as YAML${where}` };
}
