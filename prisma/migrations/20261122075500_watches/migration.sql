-- AlterTable
ALTER TABLE "enrollments" ADD COLUMN     "flip_at" TIMESTAMPTZ(3),
ADD COLUMN     "met_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "turns" ADD COLUMN     "met_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "watches" (
    "customer_id" TEXT NOT NULL,
    "journey" TEXT NOT NULL,
    "seed" INTEGER NOT NULL,
    "value" BOOLEAN NOT NULL,
    "next_flip" TIMESTAMPTZ(3),
    "is_paused" BOOLEAN NOT NULL,

    CONSTRAINT "watches_pkey" PRIMARY KEY ("customer_id","journey")
);

-- CreateTable
CREATE TABLE "watch_seeds" (
    "journey" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "condition" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "after" TEXT,

    CONSTRAINT "watch_seeds_pkey" PRIMARY KEY ("journey")
);

-- AddForeignKey
ALTER TABLE "watches" ADD CONSTRAINT "watches_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema language cannot say: few answers turn with time alone, and only those are looked for.
CREATE INDEX "watches_next_flip_idx" ON "watches"("next_flip") WHERE "next_flip" IS NOT NULL;
