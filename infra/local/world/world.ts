import type { RequestListener } from 'node:http';
import type { EmittedEvent } from '../aws/event-buses.ts';
import type { Execution } from '../aws/executions.ts';
import type { KeyState } from '../aws/kms-keys.ts';
import type { FunctionSettings } from './function-settings.ts';
import type { Invocation } from './lambda-runtime.ts';
import type { LogLine } from './log-line.ts';
import type { Resource } from './resolve-stacks.ts';
import type { InvokeOutcome } from './start-sandbox.ts';

type WorldKey = {
  readonly keyId: string;
  readonly arn: string;
  /** EIP-55 address of the key's public point. */
  readonly address: `0x${string}`;
  readonly publicKeyHex: `0x${string}`;
  setState(state: KeyState): void;
};

type WorldQueue = {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  depth(): { readonly visible: number; readonly inFlight: number; readonly delayed: number };
  /** Bodies of everything in the queue, in whatever state. */
  bodies(): string[];
};

type StoredObject = {
  readonly key: string;
  readonly body: Buffer;
  readonly contentType: string;
  readonly etag: string;
  readonly metadata: Readonly<Record<string, string>>;
};

/** What a client outside the world needs to call it as the operator, or as one of its callers. */
type SdkSettings = {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/**
 * A running assembly. Prefixes are of logical ids (`Payer` finds `Payer1A2B3C4D`, `stack/Payer` narrows by stack); one
 * that fits nothing or several resources throws and lists them.
 */
export type World = {
  readonly apiOrigin: string;
  readonly region: string;
  readonly accountId: string;
  /** What the API has no route for is answered by this. */
  serveBeside(listener: RequestListener): void;
  /** Stack outputs, by `stack.output`. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What the templates name and nothing here runs. */
  readonly ignored: readonly string[];
  readonly functions: readonly FunctionSettings[];
  resource(logicalIdPrefix: string, type?: string): Resource;
  /** Invokes a function as the account's administrator would. */
  invoke(functionId: string, payload: unknown): Promise<InvokeOutcome>;
  /** Crashes the running sandboxes of a function, or the one of a tapped call; answers how many. */
  kill(functionId: string, workerId?: string): Promise<number>;
  /** Fires a scheduled rule now and waits for its targets. */
  tick(ruleId: string): Promise<void>;
  events(): readonly EmittedEvent[];
  /** Returns the function that ends listening. */
  onEvent(listener: (emitted: EmittedEvent) => void): () => void;
  /** Hears of every invocation when it is over. Returns the function that ends listening. */
  onInvocation(listener: (invocation: Invocation) => void): () => void;
  executions(): readonly Execution[];
  logs(): readonly LogLine[];
  queue(logicalIdPrefix: string): WorldQueue;
  key(logicalIdPrefix?: string): WorldKey;
  object(bucketPrefix: string, key: string): StoredObject | undefined;
  objectKeys(bucketPrefix: string): string[];
  sdk(
    service: 'sqs' | 's3' | 'dynamodb' | 'kms' | 'sfn' | 'eventbridge' | 'execute-api',
    accessKeyId?: string,
  ): SdkSettings;
  /** Ends every timer, thread, socket and database; nothing keeps the process alive afterwards. */
  close(): Promise<void>;
};
