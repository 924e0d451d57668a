/** Every command from the user's point of view, with registries on both sides and a metadata repository. */
@NullMarked
package io.github.gcrsync.commands;

import org.jspecify.annotations.NullMarked;
