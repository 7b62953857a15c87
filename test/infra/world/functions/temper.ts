type Context = { getRemainingTimeInMillis(): number; functionName: string; awsRequestId: string };

class QuotaExceeded extends Error {
  override readonly name = 'QuotaExceeded';
}

let invocations = 0;

/** Misbehaves as asked. */
export async function handler(event: { mood?: string; source?: string }, context: Context) {
  invocations += 1;
  if (event.source === 'aws.events') console.log('scheduled');
  if (event.mood === 'hangs') await new Promise(() => setInterval(() => {}, 1000));
  if (event.mood === 'throws') throw new QuotaExceeded('no more');
  if (event.mood === 'exits') process.exit(1);
  if (event.mood === 'sleeps') await new Promise((resolve) => setTimeout(resolve, 300));
  const { functionName } = context;
  return {
    invocations,
    functionName,
    remaining: context.getRemainingTimeInMillis(),
    url: process.env.API_URL,
  };
}
