import { queryOptions } from '@tanstack/react-query';
import { api, unwrapData } from './client';

export const activitiesQuery = queryOptions({
  queryKey: ['activities'],
  queryFn: ({ signal }) => unwrapData(api.GET('/api/v1/activities', { signal })),
  staleTime: 5 * 60_000,
});
