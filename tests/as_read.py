"""What a student reads: the words of a result, without its HTML."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """What a browser makes of a piece of HTML: its tags, and its words."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.words, self.begins = [], set(), "", False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        assert [name for name, _ in attributes] in ([], ["style"])
        self.open.append(tag)
        self.tags.add(tag)
        self.begins = tag == "pre"  # a line break right after it is not shown

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data.removeprefix("\n") if self.begins else data
        self.begins = False

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment
