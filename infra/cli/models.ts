import type { Command } from 'commander';
import type { ModelList } from '../client/create-client.ts';
import { type Common, tell, withPlace } from './booth-command.ts';
import { noSuchModel } from './build-request.ts';
import { modelTimes } from './model-times.ts';
import { openApi } from './open-api.ts';
import { coinbooth } from './program.ts';

type Model = ModelList['models'][number];

/** `coinbooth models`: what can be asked for. */
export function addModels(program: Command): void {
  withPlace(program.command('models'))
    .description('what can be asked for, for how much at the most, and in which fields')
    .argument('[name]', 'one of them, with its fields')
    .option('--times', 'how long they took, as the booth has seen; an operator may ask that')
    .addHelpText(
      'after',
      `\nExamples:\n  ${coinbooth} models\n  ${coinbooth} models flux-2-pro/generate` +
        `\n  ${coinbooth} models --times`,
    )
    .action(models);
}

async function models(name: string | undefined, options: Common & { times?: boolean }): Promise<void> {
  if (options.times) return modelTimes(name, options);
  const { models: all } = await (await openApi(options)).models();
  if (name === undefined) return tell(options, { models: all }, all.map(modelLine));
  const named = all.filter((model) => model.name === name || model.name.startsWith(`${name}/`));
  if (named.length === 0) throw new Error(noSuchModel(name));
  tell(options, { models: named }, named.flatMap(describeModel));
}

const modelLine = ({ name, returns, ceiling, typicalSeconds }: Model): string =>
  [
    name.padEnd(28),
    returns.padEnd(8),
    ceilingWords(ceiling).padEnd(18),
    `about ${Math.round(typicalSeconds)} s`,
  ].join(' ');

const ceilingWords = ({ lowestUsd, highestUsd }: Model['ceiling']): string =>
  lowestUsd === highestUsd ? lowestUsd : `${lowestUsd} to ${highestUsd}`;

interface Schema {
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

function describeModel(model: Model): string[] {
  const fields = fieldsIn(model.request as Schema);
  return [
    modelLine(model),
    ...[...fields].map(
      ([field, { says, isRequired }]) => `  ${field.padEnd(20)} ${says}${isRequired ? ', required' : ''}`,
    ),
  ];
}

/** Every field with what it takes; where there are several ways of asking, what the first of them says. */
function fieldsIn(schema: Schema): Map<string, { says: string; isRequired: boolean }> {
  const fields = new Map<string, { says: string; isRequired: boolean }>();
  for (const [field, form] of Object.entries(schema.properties ?? {}))
    fields.set(field, { says: wordsOf(form), isRequired: schema.required?.includes(field) ?? false });
  for (const part of [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])])
    for (const [field, words] of fieldsIn(part)) if (!fields.has(field)) fields.set(field, words);
  return fields;
}

function wordsOf({ enum: values, const: value, type, minimum, maximum, anyOf }: Schema): string {
  if (values) return values.join(' | ');
  if (value !== undefined) return String(value);
  if (anyOf) return anyOf.map(wordsOf).join(' or ');
  const bounded =
    minimum !== undefined && maximum !== undefined && Math.abs(maximum) < Number.MAX_SAFE_INTEGER;
  return bounded ? `${type} from ${minimum} to ${maximum}` : (type ?? 'a reference');
}
