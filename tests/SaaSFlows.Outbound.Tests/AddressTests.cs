using System.Net;

namespace SaaSFlows.Outbound.Tests;

public sealed class AddressTests : OutboundTestBase
{
    [Theory]
    [InlineData("127.0.0.1"), InlineData("127.255.255.254"), InlineData("0.0.0.0"), InlineData("0.1.2.3")]
    [
        InlineData("10.0.0.1"),
        InlineData("172.16.0.1"),
        InlineData("172.31.255.255"),
        InlineData("192.168.1.1"),
        InlineData("100.64.0.1"),
        InlineData("100.127.255.255")
    ]
    [InlineData("169.254.169.254"), InlineData("192.0.0.1"), InlineData("192.0.2.1"), InlineData("198.18.0.1"), InlineData("198.19.255.255")]
    [
        InlineData("198.51.100.1"),
        InlineData("203.0.113.1"),
        InlineData("224.0.0.1"),
        InlineData("239.1.1.1"),
        InlineData("240.0.0.1"),
        InlineData("255.255.255.255")
    ]
    [InlineData("192.88.99.1")]
    [
        InlineData("::"),
        InlineData("::1"),
        InlineData("fc00::1"),
        InlineData("fdff::1"),
        InlineData("fe80::1"),
        InlineData("fec0::1"),
        InlineData("ff02::1")
    ]
    [
        InlineData("64:ff9b::808:808"),
        InlineData("64:ff9b:1::1"),
        InlineData("2002:808:808::1"),
        InlineData("2001::1"),
        InlineData("2001:db8::1"),
        InlineData("3fff::1")
    ]
    [InlineData("100::1"), InlineData("::ffff:127.0.0.1"), InlineData("::ffff:10.0.0.1"), InlineData("::127.0.0.1"), InlineData("::ffff:0:127.0.0.1")]
    public async Task Address_that_is_not_public_is_refused_as_literal_and_behind_a_name(string address)
    {
        var client = Client(new OutboundOptions(), ("evil.test", address));
        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

        Assert.Equal(OutboundCodes.AddressBlocked, await Send(client, Get("http://evil.test/")));
        Assert.Equal(OutboundCodes.AddressBlocked, await Send(client, Get($"http://{host}/")));
    }

    [Theory]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://127.1/")]
    [InlineData("http://127.0.0.1./")]
    [InlineData("http://0/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[0:0:0:0:0:0:0:1]/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http://１２７.0.0.1/")]
    [InlineData("http://127。0。0。1/")]
    [InlineData("http://localhost/")]
    [InlineData("http://localhost./")]
    [InlineData("http://LOCALHOST/")]
    [InlineData("https://localhost/")]
    public async Task No_way_of_writing_loopback_gets_through(string uri)
    {
        // What .NET does not read as a number is a name; a system's resolver may read it as a number after all.
        var client = Client(new OutboundOptions(), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        Assert.Equal(OutboundCodes.AddressBlocked, await Send(client, Get(uri)));
    }

    [Theory]
    [
        InlineData("8.8.8.8"),
        InlineData("172.15.255.255"),
        InlineData("172.32.0.1"),
        InlineData("100.63.255.255"),
        InlineData("100.128.0.1"),
        InlineData("11.0.0.1")
    ]
    [InlineData("223.255.255.255"), InlineData("2606:4700::1111"), InlineData("2a00::1"), InlineData("2001:4860::1"), InlineData("::ffff:8.8.8.8")]
    public void Public_address_is_allowed(string address) => Assert.True(new Internal.AddressRules(new()).IsAllowed(IPAddress.Parse(address)));

    [Fact]
    public async Task One_private_address_among_public_ones_refuses_the_name()
    {
        Assert.Equal(
            OutboundCodes.AddressBlocked,
            await Send(Client(new OutboundOptions(), ("mixed.test", "8.8.8.8 10.0.0.1")), Get("http://mixed.test/"))
        );
    }

    [Fact]
    public async Task Name_that_answers_differently_later_is_connected_to_what_was_checked()
    {
        await using var server = new RawServer(_ => RawServer.Ok("checked"));
        var answers = new Queue<string>(["127.0.0.1", "10.0.0.1"]);
        var client = Client(Open, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(answers.Dequeue())]));

        Assert.Equal("200 checked", await Send(client, Get(server.Uri("rebinding.test"))));
        Assert.Single(answers);
        Assert.Equal(OutboundCodes.AddressBlocked, await Send(client, Get(server.Uri("rebinding.test"))));
    }

    [Fact]
    public async Task Refusal_never_names_the_address()
    {
        var result = await Client(new OutboundOptions(), ("inside.test", "10.11.12.13")).SendAsync(Get("http://inside.test/"), Ct);

        var refused = Assert.IsType<OutboundResult.Refused>(result);
        Assert.DoesNotContain("10.11", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.CanRetry);
    }

    [Fact]
    public async Task Operator_opens_hosts_networks_or_all_that_is_private()
    {
        await using var server = new RawServer(_ => RawServer.Ok("hi"));
        OutboundOptions[] open =
        [
            new() { AllowPrivateNetworks = true },
            new() { AllowedPrivateHosts = ["Local.test."] },
            new() { AllowedPrivateNetworks = ["127.0.0.0/8"] },
        ];
        foreach (var options in open)
        {
            Assert.Equal("200 hi", await Send(Client(options, ("local.test", "127.0.0.1")), Get(server.Uri("local.test"))));
        }

        Assert.Equal(
            OutboundCodes.AddressBlocked,
            await Send(Client(new() { AllowedPrivateHosts = ["test"] }, ("local.test", "127.0.0.1")), Get(server.Uri("local.test")))
        );
    }

    [Theory]
    [InlineData("169.254.169.254"), InlineData("0.0.0.0"), InlineData("fe80::1"), InlineData("224.0.0.1"), InlineData("::ffff:169.254.169.254")]
    public void Metadata_and_reserved_addresses_stay_closed_when_private_networks_are_open(string address) =>
        Assert.False(new Internal.AddressRules(new() { AllowPrivateNetworks = true }).IsAllowed(IPAddress.Parse(address)));

    [Fact]
    public async Task Handler_for_libraries_has_the_same_guard()
    {
        await using var server = new RawServer(_ => RawServer.RedirectTo("http://10.0.0.1/"));
        var outbound = Client(Open, ("inside.test", "10.0.0.1"), ("outside.test", "127.0.0.1"));
        using var http = new HttpClient(outbound.CreateHandler());

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri("http://inside.test/"), Ct));
        using var response = await http.GetAsync(server.Uri("outside.test"), Ct);
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
    }

    [Fact]
    public void Network_that_is_no_cidr_stops_the_start() =>
        Assert.Throws<FormatException>(() => new OutboundHttp(new() { AllowedPrivateNetworks = ["10.0.0.1/33"] }, TimeProvider.System));
}
