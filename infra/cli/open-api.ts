import { readFile } from 'node:fs/promises';
import { stackMetadata, stackOutputs } from '../../shared/aws/cloudformation.ts';
import { type Client, createClient } from '../client/create-client.ts';
import { signInWithAws, signInWithToken } from '../client/sign-in.ts';
import type { ClientOptions } from '../client/transport.ts';
import { readSettings } from '../cloud/settings.ts';
import { noteIn, type StackNote } from '../cloud/stack-note.ts';
import { apiOf, readLocalBooth } from './local-booth.ts';

/** Which booth is meant. */
export interface Place {
  /** The data folder of a running `npm start`. */
  readonly local?: string | undefined;
  /** The name of a deployed stack; without either it is the one that `cdk.json` of this folder names. */
  readonly stack?: string | undefined;
  /** One of the stages that `cdk.json` of this folder has. */
  readonly stage?: string | undefined;
}

/**
 * Opens a booth as its callers see it: what may be asked, and nothing of what an operator may do. It needs
 * `execute-api:Invoke`, and to look the stack's address up; `COINBOOTH_API` says the address in the place of that.
 * With `COINBOOTH_TOKEN` that token says who is calling, otherwise the person's own AWS credentials do.
 * @throws Error that says what is missing, in words for the person
 */
export const openApi = async (place: Place): Promise<Client> => createClient(await findApi(place));

/** The same, as it is found: where it is, and how the person signs what they ask. */
export async function findApi(place: Place): Promise<ClientOptions> {
  if (place.local !== undefined) return apiOf(await readLocalBooth(place.local));
  const { COINBOOTH_API: said } = process.env;
  const origin =
    said && place.stack === undefined && place.stage === undefined
      ? said
      : await addressOf(await stackOf(place));
  return apiAt(origin);
}

/** An API at an address, with who is calling. */
export function apiAt(origin: string): ClientOptions {
  const { COINBOOTH_TOKEN: token } = process.env;
  return { origin, sign: token ? signInWithToken(token) : signInWithAws(origin) };
}

async function addressOf(stack: string): Promise<string> {
  const { ApiUrl } = await outputsOf(stack);
  if (ApiUrl === undefined) throw new Error(`The stack ${stack} has no ApiUrl; deploy it again.`);
  return ApiUrl;
}

/** The outputs of a deployed stack, by name. */
export const outputsOf = (stack: string): Promise<Readonly<Record<string, string>>> =>
  lookedUp(stack, stackOutputs(stack));

/** What a deployed booth was deployed with. */
export async function noteOf(stack: string): Promise<StackNote> {
  const note = noteIn(await lookedUp(stack, stackMetadata(stack)));
  if (note === undefined)
    throw new Error(`The stack ${stack} is not that of a booth, or of an older one: then deploy it again.`);
  return note;
}

async function lookedUp<Answer>(stack: string, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const { message } = error as Error;
    const region = message.includes('Region is missing')
      ? ': no region is known, say --region or set AWS_REGION'
      : '';
    throw new Error(
      `${region ? `The stack ${stack} cannot be looked up${region}` : message}. A booth of "npm start" is meant by --local .coinbooth.`,
    );
  }
}

/**
 * The name of the stack that is meant; without one it is of `cdk.json` of this folder, of the stage that is named. Where
 * that says in which region it is, it is looked for there.
 */
export async function stackOf({ stack, stage }: Omit<Place, 'local'>): Promise<string> {
  if (stack !== undefined) return stack;
  const { name, environment } = readSettings(await settingsHere(stage), 'cloud', stage);
  if (environment) process.env.AWS_REGION ??= environment.region;
  return name;
}

async function settingsHere(stage: string | undefined): Promise<unknown> {
  const text = await readFile('cdk.json', 'utf8').catch(() => {
    throw new Error(
      'There is no cdk.json here: go to the folder that the booth was deployed from, or use --stack or --local.',
    );
  });
  const { context = {} } = JSON.parse(text) as { context?: { coinbooth?: { stages?: object } } };
  const { coinbooth } = context;
  if (coinbooth === undefined)
    throw new Error('The cdk.json here has no context.coinbooth: use --stack or --local.');
  const stages = Object.keys(coinbooth.stages ?? {});
  if (stage === undefined && stages.length > 0)
    throw new Error(`Say which stage, with --stage NAME; cdk.json here has ${stages.join(', ')}.`);
  return coinbooth;
}
