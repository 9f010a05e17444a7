// Routes that GET /openapi.json leaves out, and why.

/** The same as another, which says that it can be called here, too. */
export const aliases: { [route: string]: string } = {
  'POST /v1/t': 'POST /v1/track',
  'POST /v1/i': 'POST /v1/identify',
  'POST /v1/p': 'POST /v1/page',
  'POST /v1/s': 'POST /v1/screen',
  'POST /v1/g': 'POST /v1/group',
  'POST /v1/a': 'POST /v1/alias',
  'POST /v1/b': 'POST /v1/batch',
  'POST /v1/import': 'POST /v1/batch',
  'GET /deliveries/{enrollment}/{effect}/body': 'GET /deliveries/{key}/body',
  'POST /deliveries/{enrollment}/{effect}/cancel': 'POST /deliveries/{key}/cancel',
  'POST /deliveries/{enrollment}/{effect}/resend': 'POST /deliveries/{key}/resend',
  'POST /deliveries/{enrollment}/{effect}/resolve': 'POST /deliveries/{key}/resolve',
};

/** The local mailbox and the demo shop are there in development only; the others serve files of our own pages. */
export const ours = /^GET \/mailbox|^\w+ \/shop(\/|$)|^GET \/pages\//;
