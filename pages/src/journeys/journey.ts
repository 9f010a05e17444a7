// Journeys as the server tells them, and the questions that their pages ask.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get } from '../api/client.ts';
import type { JourneyMap } from '../maps/journey-map.ts';

export interface ListedJourney {
  journey: string;
  title: string | null;
  stage: string | null;
  status: string;
  version: string | null;
  publishedAt: string | null;
  publishedBy: string | null;
  open: number;
  entered: number;
  goals: number;
}

export interface Interval {
  value: number;
  low: number;
  high: number;
}

interface Group {
  entered: number;
  goals: number;
  rate: Interval | null;
}

export interface QuestionReport {
  message: string;
  answers: { answer: string; label: string; count: number }[];
  asked: number;
  answered: number;
  score:
    | { kind: 'nps'; value: number; promoters: number; passives: number; detractors: number }
    | { kind: 'csat'; satisfied: number; rate: Interval }
    | null;
}

export interface JourneyView {
  journey: string;
  title: string | null;
  description: string | null;
  stage: string | null;
  status: string;
  statusSince: string | null;
  statusBy: string | null;
  version: string | null;
  map: JourneyMap;
  messages: { name: string; channels: { channel: string; locales: string[] }[] }[];
  standing: { [step: string]: number };
  entered: number;
  completed: number;
  exits: { reason: string; count: number }[];
  sends: { message: string; channel: string; outcome: string; count: number }[];
  measure: { treated: Group; heldOut: Group; lift: Interval | null };
  questions: QuestionReport[];
  actions: Deed[];
}

/** What somebody did; `test`: sent themselves one of its messages. */
export interface Deed {
  action: string;
  at: string;
  by: string;
  test: { message: string; host: string; outcome: string } | null;
}

export interface PublishedVersion {
  number: number;
  version: string | null;
  at: string;
  by: string;
}

export const journeysKey = ['journeys'];
export const keyOf = (name: string) => ['journey', name];
export const pathOf = (name: string) => `/journeys/${encodeURIComponent(name)}`;

export function useJourneys() {
  return useQuery({
    queryKey: journeysKey,
    queryFn: async () => (await get<{ journeys: ListedJourney[] }>('/journeys')).journeys,
  });
}

export function useJourney(name: string, days: string) {
  return useQuery({
    queryKey: [...keyOf(name), 'view', days],
    queryFn: () => get<JourneyView>(`${pathOf(name)}${days === '' ? '' : `?days=${days}`}`),
    placeholderData: keepPreviousData,
  });
}

export function useVersions(name: string) {
  return useQuery({
    queryKey: [...keyOf(name), 'versions'],
    queryFn: async () => (await get<{ versions: PublishedVersion[] }>(`${pathOf(name)}/versions`)).versions,
  });
}

/** Texts never change once they are published. */
export function useVersionText(name: string, version: string | null) {
  return useQuery({
    queryKey: ['version', name, version],
    queryFn: () => get<{ files: { path: string; text: string }[] }>(`${pathOf(name)}/versions/${version}`),
    enabled: version !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
