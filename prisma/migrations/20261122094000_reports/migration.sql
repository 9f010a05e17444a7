-- Asked whenever somebody reports on a delivery.
CREATE INDEX "decisions_reports_idx" ON "decisions"("effect_key") WHERE "kind" = 'reported';
-- What people have to look at; both are few while all is well.
CREATE INDEX "deliveries_unsettled_idx" ON "deliveries"("key") WHERE "state" IN ('held', 'queued', 'sending', 'unknown');
CREATE INDEX "enrollments_needs_attention_idx" ON "enrollments"("id") WHERE "needs_attention" IS NOT NULL AND "status" = 'active';
