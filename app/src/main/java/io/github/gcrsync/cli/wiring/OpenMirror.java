package io.github.gcrsync.cli.wiring;

import io.github.gcrsync.content.Location;
import io.github.gcrsync.content.Store;
import io.github.gcrsync.layout.OciLayouts;
import io.github.gcrsync.mirror.Mirror;
import io.github.gcrsync.output.BatchRecord;
import io.github.gcrsync.rule.MirrorRule;
import java.nio.file.Path;
import java.util.Optional;

/** A mirror with its rule and its opened stores. */
public record OpenMirror(MirrorRule rule, Mirror mirror, Store source, Store destination) {
    /** Returns the label of the destination in metrics. */
    public String label() {
        return rule.shownDestination().or(destination::authority).orElse(BatchRecord.FOLDER);
    }

    /**
     * Returns the destination to read from: a folder then knows which parts of an image it lost, and which its source lacked
     * already.
     */
    public Store stored() {
        return rule.destination() instanceof Location.Folder(Path folder)
                ? OciLayouts.source(folder, Optional.empty())
                : destination;
    }
}
