-- Who recorded a suppression by hand; null where a provider told of it.
ALTER TABLE "suppressions" ADD COLUMN "by" TEXT;
