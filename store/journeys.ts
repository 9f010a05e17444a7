// The journeys as a list for people: which version takes new customers, since when, and how many are on their way.
import type { PrismaClient } from './prisma.ts';

export interface ListedJourney {
  journey: string;
  title: string | null;
  /** Null: retired, takes nobody new. */
  version: string | null;
  /** Of that version; ISO. */
  publishedAt: string | null;
  publishedBy: string | null;
  /** By what people have done to it: when (ISO) and in whose role. */
  status: string;
  statusSince: string | null;
  statusBy: string | null;
  /** Open enrollments, of whatever version. */
  open: number;
  stage: string | null;
  /** Entered in the last thirty days, and how many of them have reached the goal. */
  entered: number;
  goals: number;
}

interface Figures {
  name: string;
  stage: string | null;
  entered: bigint;
  goals: bigint;
}

const monthMs = 30 * 86_400_000;

/** All that were ever published, by name. */
export async function listJourneys(prisma: PrismaClient, now: number): Promise<ListedJourney[]> {
  const journeys = await prisma.journey.findMany({ orderBy: { name: 'asc' } });
  const versions = await prisma.journeyVersion.findMany({
    where: { version: { in: journeys.flatMap(({ version }) => version ?? []) } },
    select: { version: true, publishedAt: true, publishedBy: true },
  });
  const counts = await prisma.enrollment.groupBy({ by: ['journey'], where: { status: 'active' }, _count: true });
  const figures = await prisma.$queryRaw<Figures[]>`
    SELECT j.name, v.plan ->> 'stage' AS stage, recent.entered, recent.goals
      FROM journeys j LEFT JOIN journey_versions v ON v.version = j.version,
           LATERAL (SELECT count(*) AS entered, count(goal_at) AS goals FROM enrollments e
                     WHERE e.journey = j.name AND e.entered_at >= ${new Date(now - monthMs)}) recent`;
  return journeys.map(({ name, title, version, status, statusSince, statusBy }) => {
    const published = versions.find((row) => row.version === version);
    return {
      journey: name,
      title,
      version,
      publishedAt: published?.publishedAt.toISOString() ?? null,
      publishedBy: published?.publishedBy ?? null,
      status,
      statusSince: statusSince?.toISOString() ?? null,
      statusBy,
      open: counts.find((row) => row.journey === name)?._count ?? 0,
      ...figuresOf(figures.find((row) => row.name === name)),
    };
  });
}

function figuresOf(row: Figures | undefined) {
  return { stage: row?.stage ?? null, entered: Number(row?.entered ?? 0), goals: Number(row?.goals ?? 0) };
}
