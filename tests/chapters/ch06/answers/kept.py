"""What learners pass to 6.3-kept."""

from tests.chapters.answers import right, stub, wrong


@stub("6.3-kept")
def kept_shipped():
    def keep(printed, number, label, limit) -> None: ...

    return keep


@wrong("6.3-kept", says="It grows with every parcel")
def kept_all():
    def keep(printed, number, label, limit):
        printed[number] = label

    return keep


@wrong("6.3-kept", says="the newest is missing. The oldest is the one that goes")
def kept_the_oldest():
    def keep(printed, number, label, limit):
        printed[number] = label
        if len(printed) > limit:
            printed.popitem()

    return keep


@wrong("6.3-kept", says="fewer than may stay")
def kept_emptied_when_full():
    def keep(printed, number, label, limit):
        if len(printed) >= limit:
            printed.clear()
        printed[number] = label

    return keep


@wrong("6.3-kept", says="a dictionary keeps the place of a key")
def kept_in_its_place():
    def keep(printed, number, label, limit):
        printed[number] = label
        while len(printed) > limit:
            del printed[next(iter(printed))]

    return keep


@wrong("6.3-kept", says="Change the dictionary that you are given")
def kept_in_a_new_one():
    def keep(printed, number, label, limit):
        printed = dict([*printed.items(), (number, label)][-limit:])

    return keep


@wrong("6.3-kept", says="`keep` raised")
def kept_popped_unasked():
    def keep(printed, number, label, limit):
        printed.pop(number)
        printed[number] = label

    return keep


@right("6.3-kept")
def kept_rebuilt():
    def keep(printed, number, label, limit):
        others = [(key, value) for key, value in printed.items() if key != number]
        printed.clear()
        printed.update([*others, (number, label)][-limit:])

    return keep


@right("6.3-kept")
def kept_room_first():
    def keep(printed, number, label, limit):
        if number in printed:
            del printed[number]
        elif len(printed) == limit:
            del printed[list(printed)[0]]
        printed[number] = label

    return keep


@right("6.3-kept")
def kept_by_an_ordered_dict():
    from collections import OrderedDict

    def keep(printed, number, label, limit):
        ordered = OrderedDict(printed)
        ordered[number] = label
        ordered.move_to_end(number)
        while len(ordered) > limit:
            ordered.popitem(last=False)
        printed.clear()
        printed.update(ordered)

    return keep


@wrong("6.3-kept", says="fewer than may stay")
def kept_room_for_a_known_one():
    def keep(printed, number, label, limit):
        if len(printed) >= limit:
            del printed[next(iter(printed))]
        printed[number] = label

    return keep


@wrong("6.3-kept", says="the first is the oldest")
def kept_the_largest():
    def keep(printed, number, label, limit):
        printed.pop(number, None)
        printed[number] = label
        while len(printed) > limit:
            del printed[min(printed)]

    return keep
