namespace SaaSFlows.Engine.Graphs;

/// <summary>A set of nodes of one scope, a bit for each slot.</summary>
internal readonly struct NodeSet(int slots)
{
    private readonly ulong[] _bits = new ulong[(slots + 63) / 64];

    public bool Contains(int slot) => (_bits[slot >> 6] & (1UL << (slot & 63))) != 0;

    public void Add(int slot) => _bits[slot >> 6] |= 1UL << (slot & 63);

    public void Remove(int slot) => _bits[slot >> 6] &= ~(1UL << (slot & 63));

    public void Clear() => Array.Clear(_bits);

    public void AddAll(NodeSet other)
    {
        for (var i = 0; i < _bits.Length; i++)
        {
            _bits[i] |= other._bits[i];
        }
    }

    /// <summary>Adds what is in both of these.</summary>
    public void AddBoth(NodeSet one, NodeSet other)
    {
        for (var i = 0; i < _bits.Length; i++)
        {
            _bits[i] |= one._bits[i] & other._bits[i];
        }
    }

    /// <summary>Whether the two have a slot in common.</summary>
    public bool Meets(NodeSet other)
    {
        for (var i = 0; i < _bits.Length; i++)
        {
            if ((_bits[i] & other._bits[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
