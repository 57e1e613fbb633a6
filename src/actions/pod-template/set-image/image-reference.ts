/** A part of a repository's path: lower case; one dot, one or two underscores, or dashes between what they join. */
const pathPart = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const hostPart = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const host = `${hostPart}(?:\\.${hostPart})*(?::[0-9]+)?`;
const name = `(?:(?<host>${host})/)?(?<path>${pathPart}(?:/${pathPart})*)`;
const longestTag = 128;
const tag = `(?::\\w[\\w.-]{0,${longestTag - 1}})?`;
/** Those that a kubelet knows, each of its own length (opencontainers/go-digest, algorithm.go). */
const digest = '(?:@(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}))?';

const reference = new RegExp(`^${name}${tag}${digest}$`);

/** A bare one is refused as a name: it would be mistaken for an image's id. */
const identifier = /^[a-f0-9]{64}$/;

const longestPath = 255;

const example = 'registry.example/app:1.2';

/**
 * What is wrong with an image, to go on after it in a sentence; undefined for what a kubelet takes for a reference (distribution/reference,
 * reference.go; a host in square brackets is left out). The API server takes any text, and pods of another never start.
 */
export function imageFlaw(image: string): string | undefined {
  if (isReference(image)) return portFlaw(image) ?? bareDigestFlaw(image);
  const at = image.lastIndexOf('@');
  if (at > 0 && isReference(image.slice(0, at)))
    return 'is not an image: after "@" comes a digest such as sha256: and 64 of the digits 0-9 and a-f.';
  if (isReference(image.toLowerCase()))
    return 'is not an image: the name before the tag is written in lower case.';
  return tagFlaw(image) ?? wholeFlaw(image);
}

const mostPort = 65_535;

/** What the grammar of references takes, and no registry can be asked at. */
function portFlaw(image: string): string | undefined {
  const [, port] = /:(\d+)$/.exec(reference.exec(image)?.groups?.['host'] ?? '') ?? [];
  if (port === undefined || (Number(port) >= 1 && Number(port) <= mostPort)) return undefined;
  return `is not an image: the port of a registry is a number from 1 to ${mostPort}, as in registry.example:5000/app:1.2.`;
}

/** The grammar takes a digest without a name for the tag of an image that is called sha256. */
function bareDigestFlaw(image: string): string | undefined {
  if (!/(?:^|\/)sha(?:256|384|512):[a-f0-9]{32,}$/i.test(image)) return undefined;
  return 'is not an image: a digest stands behind a name and "@", as in registry.example/app@sha256: and its digits.';
}

/** A colon before the last slash is that of a port. */
function tagFlaw(image: string): string | undefined {
  const [base = '', wrong] = image.slice(image.lastIndexOf('/') + 1).split(/:(.*)/su);
  if (wrong === undefined || !isReference(image.slice(0, image.lastIndexOf('/') + 1) + base))
    return undefined;
  if (wrong.length > longestTag) return `is not an image: a tag has at most ${longestTag} characters.`;
  return 'is not an image: after ":" comes a tag of letters, digits, "_", "." and "-", which begins with neither "." nor "-".';
}

function wholeFlaw(image: string): string {
  if (isReference(image.replace(/^[a-z]+:\/\//i, '')))
    return 'is not an image: what stands before the registry, "//" included, is left out.';
  const path = reference.exec(image)?.groups?.['path'] ?? '';
  if (path.length > longestPath)
    return `is not an image: the name in the registry has at most ${longestPath} characters.`;
  return `is not an image such as ${example}.`;
}

function isReference(image: string): boolean {
  const path = reference.exec(image)?.groups?.['path'];
  return path !== undefined && path.length <= longestPath && !identifier.test(image);
}
