/** What a run tells while it goes on. */
export type Progress =
  | { readonly state: 'begun'; readonly id: string; readonly title: string; readonly doing: string }
  | {
      readonly state: 'done';
      readonly id: string;
      readonly title: string;
      readonly doing: string;
      readonly seconds: number;
    }
  | {
      readonly state: 'failed';
      readonly id: string;
      readonly title: string;
      readonly doing: string;
      readonly seconds: number;
      readonly why: string;
    }
  | { readonly state: 'skipped'; readonly id: string; readonly title: string; readonly why: string };

export type Tell = (progress: Progress) => void;
