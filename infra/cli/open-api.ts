import { readFile } from 'node:fs/promises';
import { stackOutputs } from '../../shared/aws/cloudformation.ts';
import { type Client, createClient } from '../client/create-client.ts';
import { signInWithAws, signInWithToken } from '../client/sign-in.ts';
import type { ClientOptions } from '../client/transport.ts';
import { readSettings, type Settings } from '../cloud/settings.ts';
import { readLocalBooth } from './local-booth.ts';

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
  if (place.local !== undefined) return { origin: (await readLocalBooth(place.local)).origin };
  const { COINBOOTH_API: said, COINBOOTH_TOKEN: token } = process.env;
  const origin =
    said && place.stack === undefined && place.stage === undefined
      ? said
      : await addressOf(place.stack ?? (await readCloudSettings(place)).name);
  return { origin, sign: token ? signInWithToken(token) : signInWithAws(origin) };
}

async function addressOf(stack: string): Promise<string> {
  const { ApiUrl } = await outputsOf(stack);
  if (ApiUrl === undefined) throw new Error(`The stack ${stack} has no ApiUrl; deploy it again.`);
  return ApiUrl;
}

/** What a deployed stack says of itself. */
export async function outputsOf(stack: string): Promise<Readonly<Record<string, string>>> {
  try {
    return await stackOutputs(stack);
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
 * The settings in `cdk.json` of this folder: of the stage that is named, or whose stack is; otherwise of the only one.
 * Where they say in which region that is, it is looked for there.
 */
export async function readCloudSettings({ stack, stage }: Omit<Place, 'local'>): Promise<Settings> {
  const settings = await chosenSettings(stack, stage);
  if (settings.environment) process.env.AWS_REGION ??= settings.environment.region;
  return settings;
}

async function chosenSettings(stack?: string, stage?: string): Promise<Settings> {
  const text = await readFile('cdk.json', 'utf8').catch(() => {
    throw new Error(
      'There is no cdk.json here: go to the folder that the booth was deployed from, or use --stack or --local.',
    );
  });
  const { context = {} } = JSON.parse(text) as { context?: { coinbooth?: { stages?: object } } };
  const { coinbooth } = context;
  if (stage !== undefined) return readSettings(coinbooth, 'cloud', stage);
  const some = Object.keys(coinbooth?.stages ?? {});
  if (stack === undefined && some.length > 0)
    throw new Error(`Say which stage, with --stage NAME; cdk.json here has ${some.join(', ')}.`);
  if (stack === undefined) return readSettings(coinbooth, 'cloud');
  const stages = some.length > 0 ? some : [undefined];
  const found = stages.map((one) => readSettings(coinbooth, 'cloud', one)).find(({ name }) => name === stack);
  if (!found) throw new Error(`The cdk.json here says nothing of a stack ${stack}.`);
  return found;
}
