/** An error as the Lambda service reports it. */
export type FunctionError = {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
};

/** What the host tells a sandbox. `payload` is JSON text, as it is on the wire of the Lambda runtime API. */
export type InvokeMessage = {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly payload: string;
};

/** What a sandbox tells the host. */
export type SandboxMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'initFailed'; readonly error: FunctionError }
  | { readonly kind: 'returned'; readonly requestId: string; readonly payload: string }
  | { readonly kind: 'threw'; readonly requestId: string; readonly error: FunctionError };

export type SandboxData = {
  readonly modulePath: string;
  readonly exportName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
};
