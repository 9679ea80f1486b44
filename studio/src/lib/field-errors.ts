import { ApiError } from '@/api/client';

/** For `onError`: shows what the API says about single fields beside them. */
export const showFieldErrors = (form: { setErrors: (errors: Record<string, string>) => void }) => (error: unknown) => {
  if (error instanceof ApiError) form.setErrors(error.fieldErrors);
};

/** The error, unless its fields say it all. */
export const withoutFields = <E>(error: E): E | null => (error instanceof ApiError && Object.keys(error.fieldErrors).length > 0 ? null : error);
