"""A walk through the standard library."""
import base64, bisect, bz2, configparser, contextlib, csv, ctypes, dataclasses, email.message, enum, functools, gzip
import hashlib, heapq, hmac, html, io, ipaddress, itertools, json, logging, lzma, operator, pickle, pprint, random, re
import secrets, shlex, sqlite3, ssl, string, struct, textwrap, typing, unittest, urllib.parse, uuid, zlib
import xml.etree.ElementTree as tree


@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0
    tags: typing.List[str] = dataclasses.field(default_factory=list, compare=False)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


point = Point(3, tags=["a"])
print(point, sorted([Point(2, 1), Point(1, 5)])[0], Colour["BLUE"].value, pickle.loads(pickle.dumps(point)) == point)
text = json.dumps({"b": [1, 2.5, None, True], "a": "é"}, sort_keys=True)
print(text, json.loads(text)["b"], json.dumps("é", ensure_ascii=False))
data = b"the quick brown fox " * 50
for module in (zlib, gzip, bz2, lzma):
    packed = module.compress(data)
    print(module.__name__, len(packed) < 120, module.decompress(packed) == data)
print(hashlib.sha256(data).hexdigest()[:16], hashlib.md5(data).hexdigest()[:8], zlib.crc32(data))
print(hmac.new(b"key", data, "sha1").hexdigest()[:16], hashlib.pbkdf2_hmac("sha256", b"p", b"s", 10).hex()[:16])
base = sqlite3.connect(":memory:")
base.execute("create table t (name text, n integer)")
base.executemany("insert into t values (?, ?)", [("one", 1), ("two", 2), ("zwei", 2)])
print(base.execute("select n, count(*), group_concat(name) from t group by n order by n").fetchall())
rows = list(csv.DictReader(io.StringIO('id,text\n1,"a, ""b"""\n2,c\n')))
print([row["text"] for row in rows], struct.pack("<ihb", -2, 3, 4).hex(), struct.calcsize("@iq"))
root = tree.fromstring("<r><i k='1'>x</i><i k='2'/></r>")
print([(item.get("k"), item.text) for item in root.iter("i")], html.escape("<a&b>"))
print(re.sub(r"(?P<first>\w+) (\w+)", r"\2 \g<first>", "hello world"), re.findall(r"(?<=\$)\d+(?=\.)", "$12.50 $7.25"))
print(urllib.parse.urlencode({"q": "a b&c", "n": 1}), urllib.parse.urlparse("http://u@h:8/p?q#f").port)
print(heapq.nsmallest(3, [5, 1, 4, 2]), bisect.bisect([1, 3, 5], 4), list(itertools.islice(itertools.count(5, 5), 3)))
print(functools.reduce(operator.mul, range(1, 11)), list(itertools.combinations("abc", 2)))
print(textwrap.shorten("the quick brown fox", 14), string.Template("$a-${b}").substitute(a=1, b=2), shlex.split("a 'b c' d"))
print(ipaddress.ip_network("10.0.0.0/29").num_addresses, uuid.uuid5(uuid.NAMESPACE_DNS, "example.org"), base64.b85encode(b"tvm"))
random.seed(42)
print(random.randint(1, 100), random.sample(range(10), 3), random.choice("abc"), len(secrets.token_hex(8)))
config = configparser.ConfigParser()
config.read_string("[a]\nb = 1\nc = %(b)s2\n")
print(config["a"].getint("c"), ctypes.sizeof(ctypes.c_long), ctypes.CDLL(None).abs(-5), bool(ssl.OPENSSL_VERSION))
letter = email.message.EmailMessage()
letter["Subject"] = "Grüße"
letter.set_content("body")
print(letter.as_string().splitlines()[0])
stream = io.StringIO()
logging.basicConfig(stream=stream, format="%(levelname)s:%(message)s")
logging.getLogger("x").warning("careful %d", 5)
with contextlib.suppress(KeyError):
    {}["x"]
print(stream.getvalue().strip(), pprint.pformat({"k": list(range(3))}))


class Case(unittest.TestCase):
    def test_sum(self):
        self.assertEqual(sum([1, 2]), 3)


result = unittest.TextTestRunner(stream=io.StringIO()).run(unittest.defaultTestLoader.loadTestsFromTestCase(Case))
print(result.testsRun, result.wasSuccessful())
