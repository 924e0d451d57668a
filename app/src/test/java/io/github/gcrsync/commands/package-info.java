/** Every command as its user meets it: registries on both sides, a metadata repository, and what comes of it. */
@NullMarked
package io.github.gcrsync.commands;

import org.jspecify.annotations.NullMarked;
