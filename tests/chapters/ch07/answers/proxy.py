"""What learners pass to exercise 7.1-proxy."""

from tests.chapters.answers import right, stub, wrong


@stub("7.1-proxy")
def trusted_shipped():
    return ...


@wrong("7.1-proxy", says="a stranger on the internet, who found the app's own address, wrote")
def trusted_everybody():
    return "*"


@wrong("7.1-proxy", says="the proxy at 10.0.0.7 is not believed")
def trusted_by_default():
    return "127.0.0.1"


@wrong("7.1-proxy", says="a load balancer at 10.1.0.23 is not believed")
def trusted_one_of_them():
    return "10.0.0.7"


@wrong("7.1-proxy", says="the load balancer that came yesterday, at 10.1.0.200, is not believed")
def trusted_those_of_today():
    return "10.0.0.7,10.1.0.23"


@wrong("7.1-proxy", says="a machine of the office, 10.1.8.5, wrote")
def trusted_inside():
    return "10.0.0.0/8"


@wrong("7.1-proxy", says="a machine of the network behind your balancers', 10.1.1.5, wrote")
def trusted_a_network_too_wide():
    return "10.0.0.7,10.1.0.0/22"


@wrong("7.1-proxy", says="the neighbour of your proxy, 10.0.0.8, wrote")
def trusted_the_neighbours():
    return "10.0.0.0/24,10.1.0.0/24"


@wrong("7.1-proxy", says="uvicorn takes `10.1.0.1/24` for a name")
def trusted_with_bits_of_a_host():
    return "10.0.0.7,10.1.0.1/24"


@wrong("7.1-proxy", says="uvicorn takes `10.0.0.7 10.1.0.0/24` for a name")
def trusted_with_a_space():
    return "10.0.0.7 10.1.0.0/24"


@wrong("7.1-proxy", says="uvicorn takes `10.1.0.*` for a name")
def trusted_with_a_star():
    return "10.0.0.7,10.1.0.*"


@wrong("7.1-proxy", says="takes a text, addresses and networks with commas between them")
def trusted_as_a_truth():
    return True


@right("7.1-proxy")
def trusted_with_spaces():
    return " 10.1.0.0/24 , 10.0.0.7 "


@right("7.1-proxy")
def trusted_in_halves():
    return "10.0.0.7/32,10.1.0.0/25,10.1.0.128/25"


@right("7.1-proxy")
def trusted_as_a_list():
    return ["10.0.0.7", "10.1.0.0/24"]


@right("7.1-proxy")
def trusted_with_this_machine():
    return "127.0.0.1,::1,10.0.0.7,10.1.0.0/24"
