'use strict';

// One place per kind of message. What is shown stays until its time is over, it is cleared, or something of at least its priority comes.
const kinds = ['general', 'media', 'ticker'];
const places = Object.fromEntries(kinds.map((kind) => [kind, { box: document.getElementById(kind), timer: 0, priority: -1 }]));

function clear(place) {
  clearTimeout(place.timer);
  place.box.replaceChildren();
  place.box.hidden = true;
  place.priority = -1;
}

// Content is text, never markup; addresses are those of http and https only.
function contentOf(kind, content) {
  if (kind !== 'media') {
    const text = document.createElement('span');
    text.textContent = content;
    return text;
  }

  const address = new URL(content);
  if (address.protocol !== 'https:' && address.protocol !== 'http:') {
    throw new TypeError('Only http and https.');
  }

  const film = /\.(mp4|webm|ogv)$/i.test(address.pathname);
  const shown = document.createElement(film ? 'video' : 'img');
  shown.src = address.href;
  if (film) {
    shown.autoplay = true;
    shown.muted = true;
    shown.loop = true;
  }
  return shown;
}

function show(message) {
  const place = places[message.source_type];
  if (message.action === 'clear') {
    clear(place);
    return;
  }

  if (message.priority < place.priority) {
    return;
  }

  const left = message.duration === 0 ? Infinity : Date.parse(message.shown_at) + message.duration * 1000 - Date.now();
  if (left <= 0) {
    return;
  }

  const content = contentOf(message.source_type, message.content);
  clear(place);
  place.box.append(content);
  place.box.classList.toggle('enter', message.action === 'display');
  place.box.hidden = false;
  place.priority = message.priority;
  if (left !== Infinity) {
    place.timer = setTimeout(() => clear(place), left);
  }
}

new EventSource(`${location.pathname}/stream`).addEventListener('message', (event) => show(JSON.parse(event.data)));
