/**
 * Who is behind a `SenderId` of SQS: the IAM unique id, of an assumed role the part before the colon; the rest is a
 * session name that the caller chooses.
 * @returns undefined when there is none
 */
export const callerOfSender = (senderId: string | undefined): string | undefined =>
  senderId?.split(':')[0] || undefined;

/** Who is behind an S3 record's `principalId`, such as `AWS:AROAEXAMPLE:session`; undefined for whoever is no IAM identity. */
export function callerOfPrincipal(principalId: string): string | undefined {
  const [service, uniqueId] = principalId.split(':');
  return service === 'AWS' ? uniqueId || undefined : undefined;
}
