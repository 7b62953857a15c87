/** Text as one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The command that asks for the same from a shell.
 * @param isLocal a stack on this machine takes a key, where it asks for one; one in AWS wants a signature
 */
export function curlOf(
  {
    apiOrigin,
    isLocal,
    needsKey = false,
  }: { readonly apiOrigin: string; readonly isLocal: boolean; readonly needsKey?: boolean },
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
    ...(needsKey ? ['-H "authorization: Bearer $COINBOOTH_TOKEN"'] : []),
    "-H 'content-type: application/json'",
    `-d ${quoted(JSON.stringify(request))}`,
  ].join(' \\\n  ');
}
