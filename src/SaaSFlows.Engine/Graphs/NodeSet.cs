namespace SaaSFlows.Engine.Graphs;

/// <summary>A set of node indexes, a bit each.</summary>
internal readonly struct NodeSet(int nodes)
{
    private readonly ulong[] _bits = new ulong[(nodes + 63) / 64];

    public bool Contains(int node) => (_bits[node >> 6] & (1UL << (node & 63))) != 0;

    public void Add(int node) => _bits[node >> 6] |= 1UL << (node & 63);

    public void AddAll(NodeSet other)
    {
        for (var i = 0; i < _bits.Length; i++)
        {
            _bits[i] |= other._bits[i];
        }
    }
}
