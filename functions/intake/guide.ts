/** The same in few words for a person or a program that reads before it acts; plain text in Markdown. */
export const guide = `# Coinbooth

Coinbooth buys pictures, videos and drawings from a pay-per-generation seller for callers inside this account. You ask;
its wallet pays; the result lies in the account's own bucket. You need no key of the seller's and no wallet.

1. GET /api/models: what can be asked for, the most each may cost, and the JSON Schema of each body.
2. POST /api/quote with a request and its "model": what it costs now, and whether it would be paid. Spends nothing.
3. POST /api/generate/{model}/{operation}: takes the job, answers 202 with a jobId. This spends money.
   - Send an Idempotency-Key (1 to 255 characters): the same key with the same body is the same job, for 30 days.
     After an answer that was lost, ask again with the same key; never without one.
   - "maxPrice": "0.05" in the body is the most that the job may cost in all.
   - "reuse": true gives a delivered job of yours that asked for exactly the same, for nothing.
4. GET /api/jobs/{jobId}, with "Prefer: wait=20" if you like: pending, processing, then complete with a link that is
   good for five minutes, or failed with a reason. "money" says none, open or spent; "retryCanHelp" whether to ask again.
5. GET /api/jobs lists your jobs, newest first. DELETE /api/jobs/{jobId} cancels one before its payment is signed.
6. POST /api/upload, then PUT the file to the address it answers: name it as "upload:ID" where a field takes media.
   The id of a delivered job, s3://bucket/key and https URLs of public hosts are taken there too.

Errors are problem documents (RFC 9457) with every wrong field by name. The whole contract: /openapi.json
`;
