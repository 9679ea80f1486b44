import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import de from '@/locales/de.json';
import en from '@/locales/en.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

export const languages = { en: 'English', de: 'Deutsch' } as const;

const stored = localStorage.getItem('saasflows.language');
const preferred = stored ?? navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in languages);

void i18next.use(initReactI18next).init({
  resources: { en: { translation: en }, de: { translation: de } },
  lng: preferred ?? 'en',
  fallbackLng: 'en',
  interpolation: { escapeValue: false },
});

const showLanguage = (language: string) => {
  document.documentElement.lang = language;
};
showLanguage(i18next.language);
i18next.on('languageChanged', (language) => {
  showLanguage(language);
  localStorage.setItem('saasflows.language', language);
});

export default i18next;
