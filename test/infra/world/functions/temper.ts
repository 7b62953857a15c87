/** The clock's function of the test app: says that the schedule came, and what it knows of the API. */
export async function handler(event: { source?: string }) {
  if (event.source === 'aws.events') console.log(`scheduled, for ${process.env.API_URL}`);
}
