/** Text as one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The command that asks for the same from a shell.
 * @param isLocal a booth on this machine asks nobody who they are; one in AWS wants a signature
 */
export function curlOf(
  { apiOrigin, isLocal }: { readonly apiOrigin: string; readonly isLocal: boolean },
  model: string,
  request: Readonly<Record<string, unknown>>,
): string {
  const region = /\.execute-api\.([a-z0-9-]+)\./.exec(apiOrigin)?.[1] ?? '$AWS_REGION';
  const signed = [
    `--aws-sigv4 "aws:amz:${region}:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"`,
    '-H "x-amz-security-token: $AWS_SESSION_TOKEN"',
  ];
  return [
    `curl -s ${apiOrigin}/api/generate/${model}`,
    ...(isLocal ? [] : signed),
    "-H 'content-type: application/json'",
    `-d ${quoted(JSON.stringify(request))}`,
  ].join(' \\\n  ');
}
