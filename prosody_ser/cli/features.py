"""``prosody-ser features``."""


def command():
    """List every feature: name, unit, definition and source."""
    from ..catalogue import DEFAULT_SET, feature_set

    features = feature_set(DEFAULT_SET)
    print(f"{DEFAULT_SET}: {len(features)} features")
    name_width = max(len(f.name) for f in features)
    unit_width = max(len(f.unit) for f in features)
    for family in dict.fromkeys(f.family for f in features):
        print(f"\n{family}")
        for f in features:
            if f.family == family:
                print(f"  {f.name:{name_width}}  {f.unit:{unit_width}}  {f.definition}. Source: {f.source}")
