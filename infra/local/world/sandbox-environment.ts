import type { FunctionSettings } from './function-settings.ts';

/**
 * The whole environment of a sandbox: what the Lambda runtime sets (developer guide, "Defined runtime environment
 * variables"), the template's variables, and `reserved`, which no template can override: region, endpoints, secret.
 */
export function sandboxEnvironment(
  sandboxId: string,
  settings: FunctionSettings,
  reserved: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    // no shared AWS configuration of the person at the keyboard
    HOME: '/home/sbx_user1051',
    ...settings.environment,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: sandboxId,
    LAMBDA_TASK_ROOT: settings.taskRoot,
    _HANDLER: `index.${settings.exportName}`,
    ...reserved,
    AWS_ACCESS_KEY_ID: settings.id,
    AWS_SESSION_TOKEN: sandboxId,
  };
}
