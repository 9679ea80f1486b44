import { setNonce } from 'get-nonce';

/** The nonce for styles that scripts create (Content-Security-Policy). The server writes it into each page. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';

// Dialogs hold the page still by a style of their own.
setNonce(nonce);
