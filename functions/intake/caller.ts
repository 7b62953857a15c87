import * as z from 'zod';

/** The authorizer's part of an HTTP API request, payload format 2.0: IAM, or a JWT. */
const authorizerSchema = z.object({
  iam: z.object({ userId: z.string().min(1) }).nullish(),
  jwt: z.object({ claims: z.object({ iss: z.string().min(1), sub: z.string().min(1) }) }).nullish(),
});

/**
 * Who is calling: an IAM unique id, of an assumed role the part before the colon (the rest is a session name that
 * the caller chooses), or a JWT's issuer and subject. Budgets and reading rights hang on it.
 * @returns undefined when the platform authenticated nobody
 */
export function callerOf(authorizer: unknown): string | undefined {
  const { iam, jwt } = authorizerSchema.safeParse(authorizer).data ?? {};
  if (iam) return iam.userId.split(':')[0] || undefined;
  return jwt ? `${jwt.claims.iss} ${jwt.claims.sub}` : undefined;
}
