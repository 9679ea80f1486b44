import { setNonce } from 'get-nonce';

/** What styles that scripts make must carry (Content-Security-Policy); the server writes it into each page. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';

// Dialogs hold the page still by a style of their own.
setNonce(nonce);
