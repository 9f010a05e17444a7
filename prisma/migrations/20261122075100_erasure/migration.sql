-- AlterTable
ALTER TABLE "customers" ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "erased_identities" (
    "hash" TEXT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL,
    "dropped" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "erased_identities_pkey" PRIMARY KEY ("hash")
);

-- What the schema language cannot say: an erasure finds whom a visitor was merged into.
CREATE INDEX "customers_merged_into_idx" ON "customers"("merged_into") WHERE "merged_into" IS NOT NULL;
