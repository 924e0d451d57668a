package io.github.gcrsync.signature;

import io.github.gcrsync.oci.Digest;
import io.github.gcrsync.text.Message;
import io.github.gcrsync.text.Printable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects what the signatures of one image prove. */
final class Trial {
    private final Digest image;
    private final SignaturePolicy policy;
    private final Set<VerificationKey> signers = new LinkedHashSet<>();
    private Optional<String> damage = Optional.empty();
    private String unread = "";
    private boolean isSignedByOthers;
    private boolean isKeyless;

    Trial(Digest image, SignaturePolicy policy) {
        this.image = image;
        this.policy = policy;
    }

    /** @param place the tag or digest of the manifest with the claim */
    void consider(Claim claim, String place) {
        switch (claim) {
            case Claim.Signed signed -> judge(signed, place);
            case Claim.Damaged damaged -> damage = damage.or(() -> Optional.of(place + " " + damaged.why()));
            case Claim.NoSignature none -> {}
        }
    }

    private void judge(Claim.Signed claim, String place) {
        if (!claim.images().contains(image.value())) {
            String named = claim.images().isEmpty()
                    ? "no image"
                    : Printable.shortened(claim.images().getFirst()) + " instead";
            consider(new Claim.Damaged("is a signature for " + named), place);
            return;
        }
        byte[] content = claim.content().toArray();
        byte[] signature = claim.signature().toArray();
        List<VerificationKey> verified = policy.keys().stream()
                .filter(key -> key.verifies(content, signature))
                .toList();
        signers.addAll(verified);
        if (!verified.isEmpty()) {
            return;
        }
        Optional<VerificationKey> meant = claim.hint()
                .flatMap(hint -> policy.keys().stream()
                        .filter(key -> key.isMeantBy(hint))
                        .findFirst());
        if (meant.isPresent()) {
            consider(new Claim.Damaged("names " + meant.get() + " as its key, but that key did not sign it"), place);
        }
        isSignedByOthers |= meant.isEmpty();
        isKeyless |= claim.keyless();
    }

    /** @param what what was not read; ends a sentence */
    void leave(String what) {
        unread = " (" + what + ")";
    }

    boolean isSatisfied() {
        return switch (policy.match()) {
            case ANY -> !signers.isEmpty();
            case ALL -> signers.size() == policy.keys().size();
        };
    }

    Verdict verdict() {
        if (isSatisfied()) {
            return new Verdict.Valid(
                    image,
                    policy.keys().stream()
                            .filter(signers::contains)
                            .map(VerificationKey::name)
                            .toList());
        }
        if (damage.isPresent()) {
            return refused(
                    Verdict.Cause.BAD_SIGNATURE,
                    "has a bad signature: " + damage.get(),
                    "ask the publisher to sign the image again");
        }
        if (isSignedByOthers || !signers.isEmpty()) {
            return refused(
                    Verdict.Cause.OTHER_KEY,
                    "has signatures" + (isKeyless ? ", some without a key (keyless)," : "") + " but none by "
                            + missing(),
                    "check which key the publisher uses");
        }
        return refused(
                Verdict.Cause.UNSIGNED,
                "has no signature",
                "sign it with \"cosign sign --key\", or ask the publisher to");
    }

    private Verdict refused(Verdict.Cause cause, String what, String remedy) {
        return new Verdict.Refused(
                image, cause, Message.of(image + " " + what + unread, remedy).toString());
    }

    /** The keys that could still satisfy the policy. */
    private String missing() {
        return policy.keys().stream()
                .filter(key -> !signers.contains(key))
                .map(VerificationKey::name)
                .collect(Collectors.joining(policy.match() == SignaturePolicy.Match.ANY ? " or " : " and "));
    }
}
