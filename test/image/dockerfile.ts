import { readFileSync } from 'node:fs';
import { DockerfileParser } from 'dockerfile-ast';
import { z } from 'zod';

/** One instruction, its variables filled in. */
interface Step {
  readonly keyword: string;
  /** All after the keyword and its flags, lines joined. */
  readonly text: string;
  /** The words of it. */
  readonly words: readonly string[];
  readonly from?: string;
}

export interface Stage {
  readonly base: string;
  readonly name?: string;
  readonly steps: readonly Step[];
}

/** The stages of a Dockerfile as they are built without arguments of one's own. */
export function readDockerfile(file: string): readonly Stage[] {
  const parsed = DockerfileParser.parse(readFileSync(file, 'utf8'));
  const variables = new Map<string, string>();
  const sources = new Map(
    parsed
      .getCOPYs()
      .map((copy) => [copy.getRange().start.line, copy.getFromFlag()?.getValue() ?? undefined]),
  );
  const stages: { base: string; name?: string; steps: Step[] }[] = [];
  for (const instruction of parsed.getInstructions()) {
    const keyword = instruction.getKeyword();
    const raw = instruction.getArgumentsContent() ?? '';
    if (keyword === 'ARG') {
      const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(raw) ?? [];
      variables.set(name, value);
      continue;
    }
    const text = raw.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => variables.get(name) ?? whole);
    const words = text.split(/\s+/);
    if (keyword === 'FROM') {
      const [base = '', , name] = words;
      stages.push({ base, steps: [], ...(name === undefined ? {} : { name }) });
      continue;
    }
    const from = sources.get(instruction.getRange().start.line);
    stages.at(-1)?.steps.push({ keyword, text, words, ...(from === undefined ? {} : { from }) });
  }
  return stages;
}

/** What a container of the last stage runs, as whom, where and with which variables. */
export interface Settings {
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  readonly user: string;
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
}

const listed = z.array(z.string());

export function settingsOf({ steps }: Stage): Settings {
  const last = (keyword: string) => steps.findLast((step) => step.keyword === keyword)?.text ?? '';
  const list = (text: string) => listed.parse(JSON.parse(text.slice(text.indexOf('['))));
  const pairs = steps.filter(({ keyword }) => keyword === 'ENV').flatMap(({ words }) => words);
  return {
    command: [...list(last('ENTRYPOINT')), ...list(last('CMD'))],
    healthcheck: list(last('HEALTHCHECK')),
    user: last('USER'),
    folder: last('WORKDIR'),
    variables: Object.fromEntries(pairs.map((pair) => pair.split('=', 2))),
  };
}
