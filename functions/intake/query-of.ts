import type { Context } from 'hono';

/** A signature may stand in the query, and a gateway that has verified it hands it on (AWS Signature Version 4). */
const ofSignature = /^X-Amz-(Algorithm|Credential|Date|Expires|Security-Token|Signature|SignedHeaders)$/;

/** The query of a request, without the parameters of its signature: every value of each name, the empty one included. */
export function queryOf(c: Context): Readonly<Record<string, readonly string[]>> {
  const { searchParams } = new URL(c.req.url);
  const names = [...new Set(searchParams.keys())].filter((name) => !ofSignature.test(name));
  return Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)]));
}
