package io.github.gcrsync.ledger;

import java.time.Clock;

final class MemoryLedgerTest extends LedgerContract {
    @Override
    protected Ledger empty(Clock now) {
        return new MemoryLedger(Sample.DESTINATION, now);
    }
}
