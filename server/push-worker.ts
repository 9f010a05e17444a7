// The service worker that shows push messages. A shop's own worker takes it in with one line; it runs in browsers as it
// stands here, so it is plain JavaScript and asks for nothing.

export const pushWorker = `// Shows Tabiji's push messages, and opens what they lead to.
self.addEventListener('push', (event) => {
  let message = {};
  try {
    message = event.data.json();
  } catch {}
  const answers = (message.answers || []).filter((answer) => isWeb(answer.url));
  event.waitUntil(
    self.registration.showNotification(message.title || '', {
      body: message.body || '',
      image: isWeb(message.image) ? message.image : undefined,
      tag: message.tag,
      data: { tabiji: true, url: message.url, answers },
      // Browsers show two at most; the page behind the message shows all.
      actions: answers.slice(0, 2).map(({ answer, label }) => ({ action: answer, title: label })),
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  const { tabiji, url, answers } = event.notification.data || {};
  if (!tabiji) return;
  event.notification.close();
  const answer = answers.find(({ answer }) => answer === event.action);
  const target = answer ? answer.url : url;
  if (isWeb(target)) event.waitUntil(show(target));
});

function isWeb(url) {
  return typeof url === 'string' && /^https?:\\/\\//.test(url);
}

async function show(url) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.find((client) => client.url === url);
  return open ? open.focus() : self.clients.openWindow(url);
}
`;
