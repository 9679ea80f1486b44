import type { Activity } from '@/api/types';

export const categories: Activity['category'][] = ['trigger', 'condition', 'action', 'data', 'loop', 'flow'];

/** Activities that fit a search, in groups, empty groups left out. Every word of the search must occur. */
export function byCategory(activities: readonly Activity[], search = ''): [Activity['category'], Activity[]][] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ type, display_name, description }: Activity) => {
    const text = `${type} ${display_name} ${description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return categories
    .map((category): [Activity['category'], Activity[]] => [
      category,
      activities.filter((activity) => activity.category === category && fits(activity)),
    ])
    .filter(([, members]) => members.length > 0);
}
